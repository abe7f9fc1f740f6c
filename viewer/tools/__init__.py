"""Label tools, one per file: from a mouse gesture to a decision. No Qt, no OpenGL."""
