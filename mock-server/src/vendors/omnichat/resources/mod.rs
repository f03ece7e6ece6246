//! One file per noun, once it has a memory.
