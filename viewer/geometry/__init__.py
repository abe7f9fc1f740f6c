"""Computing on meshes, boxes, points and rays. Knows no files and no window."""
