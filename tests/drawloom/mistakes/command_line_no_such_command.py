# drawloom rum FILE double --n 1
# where: drawloom rum
