"""Cell suppression: confidential tables in, publishable tables out, each hidden cell with a certificate."""
