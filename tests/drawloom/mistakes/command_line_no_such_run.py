# drawloom resume yesterday
# where: yesterday
