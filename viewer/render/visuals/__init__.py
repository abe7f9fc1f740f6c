"""Things the graphics card draws: buffers and shaders, no rules."""
