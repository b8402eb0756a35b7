"""From declarations to true cells with their contributors, and to the sums that noise is added to."""
