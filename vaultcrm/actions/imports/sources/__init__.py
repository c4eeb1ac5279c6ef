"""Where an import gets from what isn't named as a file: mail servers, watched folders, the clipboard."""
