"""The routes: one module for each page, named like its address. `app` includes every module of this package."""
