"""What can be switched on and off in the 3D view, one file each."""
