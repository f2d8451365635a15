"""The measurements behind the strategy of two lanes, and the report of them."""
