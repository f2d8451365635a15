"""What the machine is: cores, GPUs, memory, and the share that a container has of them."""
