"""Independent readers of what an edition gives: each of them is another project's program, of the extra `readers`."""
