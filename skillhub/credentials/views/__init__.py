"""The pages and files of certificates: for holders, for whoever is shown one, for strangers' programs."""
