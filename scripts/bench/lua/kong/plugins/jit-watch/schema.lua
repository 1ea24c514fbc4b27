return { name = "jit-watch", fields = { { config = { type = "record", fields = {} } } } }
