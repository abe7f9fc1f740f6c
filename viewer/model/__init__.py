"""What the program knows: plain data, numpy only."""
