-- A test plugin: no options but a label, to tell instances apart.
return {
  name = "conformance-probe",
  fields = {
    { config = { type = "record", fields = { { label = { type = "string", default = "none", referenceable = true } } } } },
  },
}
