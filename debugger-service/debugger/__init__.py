"""Where is the model wrong, or the label?"""
