-- The Lua is generated: what counts is that every name exists. TypeScript has looked at the rest.
std = "ngx_lua"
read_globals = { "kong" }
color = false
ignore = { "2..", "3..", "4..", "5..", "6.." }
