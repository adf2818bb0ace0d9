// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides whether a test that {@link RequiresTool} can run here. */
final class ToolCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    List<RequiresTool> wanted =
        AnnotationSupport.findRepeatableAnnotations(context.getElement(), RequiresTool.class);
    for (RequiresTool tool : wanted) {
      if (Tool.find(tool.value()).isEmpty()) {
        String message = "needs " + tool.value() + ": apt-get install " + tool.in();
        if ("true".equals(System.getenv("CI"))) {
          throw new IllegalStateException(
              context.getDisplayName()
                  + " "
                  + message
                  + " (CI=true: every peer must be installed)");
        }
        System.err.println("SKIPPED " + context.getDisplayName() + ": " + message);
        return ConditionEvaluationResult.disabled(message);
      }
    }
    return ConditionEvaluationResult.enabled("all tools are here");
  }
}
