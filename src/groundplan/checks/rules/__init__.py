"""The rules, one file each, in a folder per family. They are found by folder; none is listed anywhere."""
