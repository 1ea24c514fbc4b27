return require("gateway.functions").new(-1000)
