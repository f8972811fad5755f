module meringue/proxy

go 1.19
