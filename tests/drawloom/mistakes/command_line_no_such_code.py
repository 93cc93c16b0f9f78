# drawloom explain E1
# where: E1
