# drawloom run damaged.pb wf
# where: damaged.pb
