/// Tests of the Helm chart in `deploy/helm/muster`, rendered by Helm itself.
@NullMarked
package dev.muster.standalone.chart;

import org.jspecify.annotations.NullMarked;
