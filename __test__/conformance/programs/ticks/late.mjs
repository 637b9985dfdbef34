export const text = "version 0";
