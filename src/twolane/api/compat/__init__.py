"""APIs of other programs that twolane serves too, each with its own shapes and errors."""
