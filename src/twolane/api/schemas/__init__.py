"""What goes over the wire: typed requests and responses, one module a noun."""
