// Package proxies is what finwait tests: one folder of data per product, and the strict loader for it.
//
// A new proxy is one new folder, a new configuration one new file; neither needs an edit in Go:
//
//	proxies/apache/
//	  proxy.yaml           versions, paths, ports, how it tells its version, how it runs without a container
//	  configs/*            the vendor's own files, run unmodified; the upstream in them is backend:8080
//	  Dockerfile           optional: builds the image from Debian's packages when no registry answers
//	  known-failures.yaml  optional: failures that are understood, each with why, source, remedy and what proves it
//	  causes.yaml          optional: what makes a check fail here and which directives cure it, for finwait explain
//
// A configuration file begins with a comment block (marked by "#", "//" or ";"). Its first paragraph says in a sentence
// what the file is. Lines that begin with "finwait:" are keys; all others are prose, whatever they look like:
//
//	# The backend connection is not kept for reuse, and so it is closed as soon as the tunnel is over.
//	#
//	# finwait: varies wstunnel                        the configuration that this one varies
//	# finwait: changes SetEnv proxy-nokeepalive 1     text that makes the variation, as the file has it; repeatable
//	# finwait: needs >=2.4.47                         versions that understand the file
//	# finwait: tls yes                                it listens on the TLS port too: there is a +tls target
//
// From there the data flows one way:
//
//	folders --Load--> []*Proxy --Targets--> []Target --images are asked for their version--> Refine --> []Target
//
// What is wrong in a file is one line, "proxies/apache/proxy.yaml:3:5: what is wrong; what was expected".
package proxies
