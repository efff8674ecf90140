"""Paper metadata in, correct references out."""
