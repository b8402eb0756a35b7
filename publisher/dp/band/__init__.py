"""Tables of values protected within a band: see README.md here."""
