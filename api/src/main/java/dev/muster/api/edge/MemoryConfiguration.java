package dev.muster.api.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Takes memory for large answers before they are made, and gives everything back that a request
/// took when it has been answered.
@Configuration(proxyBeanMethods = false)
class MemoryConfiguration implements WebMvcConfigurer {
  private final ServerMemory memory;

  MemoryConfiguration(ServerMemory memory) {
    this.memory = memory;
  }

  @Bean
  OncePerRequestFilter memoryGivenBack() {
    return new OncePerRequestFilter() {
      @Override
      protected void doFilterInternal(
          HttpServletRequest request, HttpServletResponse response, FilterChain chain)
          throws ServletException, IOException {
        try {
          chain.doFilter(request, response);
        } finally {
          memory.giveBack(request);
        }
      }
    };
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(
        new HandlerInterceptor() {
          @Override
          public boolean preHandle(
              HttpServletRequest request, HttpServletResponse response, Object handler) {
            if (handler instanceof HandlerMethod method) {
              var large = method.getMethodAnnotation(LargeAnswer.class);
              if (large != null) {
                memory.take(request, large.bytes());
              }
            }
            return true;
          }
        });
  }
}
