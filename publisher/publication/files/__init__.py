"""What programs read: data, metadata and descriptors of an edition, each in the form that some community expects."""
