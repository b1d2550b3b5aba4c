# Labels: how large.
button-labels-other = 📏 Another size
labels-ask = 📏 How long is a side of the code, with its margins? Write a number of millimetres, { $least } to { $most }.
labels-expected = A number of millimetres is needed here, { $least } to { $most }: phones do not read smaller codes.
