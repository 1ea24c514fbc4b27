export const VERSION = "3.10.0";
