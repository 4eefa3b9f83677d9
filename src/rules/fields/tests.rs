//! Names of fields as files in the wild have them.
