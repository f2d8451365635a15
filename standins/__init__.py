"""What tests, chaos and bench share: stand-in model servers, real servers, and the program as a process."""
