"""What wakes workers: within a process, over Redis, over RabbitMQ."""
