return { name = "heap-watch", fields = { { config = { type = "record", fields = {} } } } }
