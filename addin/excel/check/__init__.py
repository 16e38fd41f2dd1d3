"""Whether all is well between Excel and Gradsheet: the doctor, and a trial of everything."""
