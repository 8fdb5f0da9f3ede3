import { openApiDocument } from '@agon/contracts';
import { Controller, Get } from '@nestjs/common';

@Controller()
export class OpenApiController {
  private readonly document = openApiDocument();

  @Get('openapi.json')
  read(): ReturnType<typeof openApiDocument> {
    return this.document;
  }
}
