"""The command line: parse to values, call one function, draw the value."""
