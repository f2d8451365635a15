"""What the runtimes that speak HTTP share: the transport, its limits, and waiting."""
