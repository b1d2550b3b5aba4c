file-not-made = ⚠️ The file could not be made. Please try again later.
