"""The Hypersim dataset. Its file names and abbreviations (`si`, `oi`, `vi`) exist only in this package."""
