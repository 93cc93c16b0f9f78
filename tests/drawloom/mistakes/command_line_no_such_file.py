# drawloom run pipelin.py wf
# where: pipelin.py
