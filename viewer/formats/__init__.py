"""Bytes on disk to the model and back; one folder per dataset."""
