//! A server that pretends to be messaging vendors, with memory.
