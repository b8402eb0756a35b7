"""People, their keys and what each may do: the register and its changes."""
