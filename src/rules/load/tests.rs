//! What the loader refuses, and in which line.
