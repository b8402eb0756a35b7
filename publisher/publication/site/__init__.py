"""The pages around the editions: they change with every release; editions never do."""
